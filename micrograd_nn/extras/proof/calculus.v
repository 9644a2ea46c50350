(* What the functions of the table mean, as a book on calculus defines them over the real numbers,
   and how formulas and functions in pieces are differentiated. *)

Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
Import ListNotations.
Open Scope R_scope.

(* Definitions, but for what the standard library has: exp, ln, sqrt, sin, cos, tan, asin, acos,
   atan, sinh, cosh, tanh, arcsinh and Rabs. *)

Definition floor x := IZR (Int_part x).
Definition floordiv x y := floor (x / y).
Definition modulo x y := x - y * floor (x / y).

(* exp (y ln x) where x is positive; else a product of y factors, for a whole y. *)
Definition power x y := if Rlt_dec 0 x then Rpower x y else powerRZ x (Int_part y).
Definition pow_by_x x y := y * power x (y - 1).
Definition pow_by_y x y := power x y * ln x.

Definition step x := if Rlt_dec 0 x then 1 else 0.
Definition sign x := if Rlt_dec 0 x then 1 else if Rlt_dec x 0 then -1 else 0.
Definition equal x y := if Req_dec_T x y then 1 else 0.
Definition choice (condition x y : R) := if Rlt_dec 0 condition then x else y.

Definition hypot x y := sqrt (x * x + y * y).
Definition semicircle x := sqrt (1 - x * x).
Definition expm1 x := exp x - 1.
Definition exp2 x := Rpower 2 x.
Definition log1p x := ln (1 + x).
Definition log2 x := ln x / ln 2.
Definition log10 x := ln x / ln 10.
Definition degrees x := x * (180 / PI).
Definition radians x := x * (PI / 180).
Definition atan2 y x :=
  if Rlt_dec 0 y then PI / 2 - atan (x / y)
  else if Rlt_dec y 0 then - (PI / 2) - atan (x / y)
  else if Rlt_dec 0 x then 0 else PI.

Definition acosh x := ln (x + sqrt (x * x - 1)).
Definition atanh x := ln ((1 + x) / (1 - x)) / 2.
Definition erf x := 2 / sqrt PI * RInt (fun t => exp (- (t * t))) 0 x.
Definition erfc x := 1 - erf x.

Definition sigmoid x := / (1 + exp (- x)).
Definition relu x := if Rlt_dec 0 x then x else 0.
Definition leaky_relu x slope := if Rlt_dec 0 x then x else slope * x.
Definition elu x alpha := if Rlt_dec 0 x then x else alpha * (exp x - 1).
Definition softplus x := ln (1 + exp x).
Definition gelu x := x * ((1 + erf (x / sqrt 2)) / 2).
Definition silu x := x * sigmoid x.

Definition sum := fold_right Rplus 0.
Definition mean l := sum l / INR (length l).
Definition logsumexp l := ln (sum (map exp l)).
Definition prod := fold_right Rmult 1.
Definition dot pairs := sum (map (fun pair => fst pair * snd pair) pairs).
Definition best (better : R -> R -> R) l :=
  match l with [] => 0 | x :: others => fold_right better x others end.
Definition maximum := best Rmax.
Definition minimum := best Rmin.
Definition level l := floor (maximum l).
Fixpoint choose (index : R) (l : list R) :=
  match l with
  | [] => 0
  | x :: others => if Req_dec_T index 0 then x else choose (index - 1) others
  end.

Create HintDb formulas.
#[global] Hint Unfold silu sigmoid softplus gelu erfc log2 log10 exp2 expm1 log1p degrees radians
  hypot semicircle tan tanh sinh cosh atanh mean logsumexp Rpower : formulas.
Create HintDb floors.
#[global] Hint Unfold floordiv modulo : floors.
Create HintDb pieces.
#[global] Hint Unfold power pow_by_x pow_by_y step sign equal choice relu leaky_relu elu maximum
  minimum Rmax Rmin Rabs atan2 : pieces.

(* Algebra: an equation of formulas holds, if need be by the squares of their roots. *)

Ltac positive := first [ nra | apply Rdiv_lt_0_compat; lra ].

Ltac by_algebra := first
  [ lra
  | field_simplify_eq; [ rewrite ?pow2_sqrt by nra; ring | repeat split; nra ] ].

Ltac know fact := let claim := type of fact in
  lazymatch goal with _ : claim |- _ => fail | _ => pose proof fact end.

Ltac know_signs :=
  pose proof PI_RGT_0;
  repeat match goal with
  | |- context [exp ?x] => know (exp_pos x)
  end.

Ltac know_roots := repeat match goal with |- context [sqrt ?x] =>
    let positive := fresh in assert (positive : 0 < x) by nra;
    know (sqrt_lt_R0 x positive); know (sqrt_sqrt x (Rlt_le _ _ positive)); clear positive
  end.

Lemma exp_less x y : x > 0 -> exp ((y + - (1)) * ln x) = exp (y * ln x) * / x.
Proof.
  intros; rewrite Rmult_plus_distr_r, exp_plus; f_equal.
  rewrite <- (exp_ln (/ x)), ln_Rinv by (try apply Rinv_0_lt_compat; assumption); f_equal; ring.
Qed.

(* Exponentials of sums become products, and of what is equal they are written alike. *)
Ltac split_exp :=
  rewrite ?Ropp_0, ?exp_0; repeat rewrite exp_less by lra; rewrite ?exp_plus, ?exp_Ropp.
Ltac align_exp := repeat match goal with |- context [exp ?x] =>
    match goal with |- context [exp ?y] =>
      tryif constr_eq x y then fail else first
        [ replace y with x by (know_roots; by_algebra) ]
    end
  end.

(* Functions whose derivatives Coquelicot doesn't know. *)

Lemma derive_asin x : -1 < x < 1 -> is_derive asin x (/ semicircle x).
Proof.
  intros inside; unfold semicircle; apply is_derive_Reals.
  replace (/ sqrt (1 - x * x)) with (derive_pt asin x (derivable_pt_asin x inside)).
  - destruct (derivable_pt_asin x inside) as [slope proved]; exact proved.
  - rewrite derive_pt_asin; unfold Rsqr, Rdiv; ring.
Qed.

Lemma derive_acos x : -1 < x < 1 -> is_derive acos x (- / semicircle x).
Proof.
  intros inside; unfold semicircle; apply is_derive_Reals.
  replace (- / sqrt (1 - x * x)) with (derive_pt acos x (derivable_pt_acos x inside)).
  - destruct (derivable_pt_acos x inside) as [slope proved]; exact proved.
  - rewrite derive_pt_acos; unfold Rsqr, Rdiv; ring.
Qed.

Lemma derive_arcsinh x : is_derive arcsinh x (/ hypot 1 x).
Proof.
  unfold hypot; replace (1 * 1 + x * x) with (x ^ 2 + 1) by ring.
  apply is_derive_Reals, derivable_pt_lim_arcsinh.
Qed.

Lemma derive_acosh x : 1 < x -> is_derive acosh x (/ (sqrt (x - 1) * sqrt (x + 1))).
Proof.
  intros; rewrite <- sqrt_mult by lra; replace ((x - 1) * (x + 1)) with (x * x - 1) by ring.
  unfold acosh; auto_derive; unfold Rminus; know_roots; [ repeat split; positive | by_algebra ].
Qed.

Lemma bell_integrable a b : ex_RInt (fun t => exp (- (t * t))) a b.
Proof.
  apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros.
  apply (@ex_derive_continuous R_AbsRing R_NormedModule); auto_derive; trivial.
Qed.

Lemma derive_erf x : is_derive erf x (2 / sqrt PI * exp (- (x * x))).
Proof.
  apply is_derive_scal, (is_derive_RInt (V := R_NormedModule) (fun t => exp (- (t * t))) _ 0).
  - apply filter_forall; intros.
    apply (RInt_correct (V := R_CompleteNormedModule)), bell_integrable.
  - apply (@ex_derive_continuous R_AbsRing R_NormedModule); auto_derive; trivial.
Qed.

Lemma erf_odd x : erf (- x) = - erf x.
Proof.
  pose proof (RInt_comp_lin (V := R_CompleteNormedModule) (fun t => exp (- (t * t))) (-1) 0 0 x)
    as turned.
  replace (-1 * 0 + 0) with 0 in turned by ring.
  replace (-1 * x + 0) with (- x) in turned by ring.
  unfold erf; rewrite <- turned by apply bell_integrable.
  rewrite (RInt_ext _ (fun t => - exp (- (t * t)))).
  - rewrite (RInt_opp (V := R_CompleteNormedModule)) by apply bell_integrable.
    unfold opp; simpl; ring.
  - intros t _; unfold scal; simpl; unfold mult; simpl.
    replace ((-1 * t + 0) * (-1 * t + 0)) with (t * t) by ring; ring.
Qed.

#[global] Instance erf_derives : UnaryDiff erf := {| UnaryDiff_H := derive_erf |}.
#[global] Instance arcsinh_derives : UnaryDiff arcsinh := {| UnaryDiff_H := derive_arcsinh |}.
#[global] Instance acosh_derives : UnaryDiff' acosh := {| UnaryDiff'_H := derive_acosh |}.
#[global] Instance asin_derives : UnaryDiff' asin := {| UnaryDiff'_H := derive_asin |}.
#[global] Instance acos_derives : UnaryDiff' acos := {| UnaryDiff'_H := derive_acos |}.

(* A formula is differentiated by the rules, and algebra shows that this is what the row says. *)
Ltac by_rules :=
  autounfold with formulas; cbn [length map sum fold_right]; auto_derive;
  [ know_signs;
    know_roots; repeat split; trivial; positive
  | autounfold with formulas; unfold Rminus, Rdiv;
    rewrite ?Ropp_mult_distr_l_reverse, ?erf_odd; split_exp; align_exp;
    know_signs; try rewrite (sqrt_mult 2 PI) by lra; know_roots; by_algebra ].

(* Functions in pieces: near a point where none begins or ends, the function is one of them. *)

Lemma near_by (P : R -> Prop) (f g : R -> R) x l :
  locally x P -> (forall t, P t -> g t = f t) -> is_derive g x l -> is_derive f x l.
Proof.
  intros near same; apply is_derive_ext_loc; revert near; apply filter_imp; exact same.
Qed.

Lemma locally_below x y : x < y -> locally x (fun t => t < y).
Proof. exact (open_lt y x). Qed.

Lemma locally_above x y : y < x -> locally x (fun t => y < t).
Proof. exact (open_gt y x). Qed.

Lemma locally_in_step (f : R -> R) x : continuous f x -> (forall n, f x <> IZR n) ->
  locally x (fun t => floor (f t) = floor (f x)).
Proof.
  intros smooth between; destruct (base_Int_part (f x)) as [below above].
  pose proof (between (Int_part (f x))).
  assert (locally (f x) (fun s => IZR (Int_part (f x)) < s < IZR (Int_part (f x)) + 1)) as near.
  { apply filter_and; [ apply locally_above | apply locally_below ]; lra. }
  specialize (smooth _ near); unfold filtermap in smooth; revert smooth.
  apply filter_imp; intros t [over under].
  unfold floor; f_equal; symmetry; apply Int_part_spec; rewrite ?minus_IZR; lra.
Qed.

Lemma continuous_max (f g : R -> R) x :
  continuous f x -> continuous g x -> continuous (fun t => Rmax (f t) (g t)) x.
Proof.
  intros; apply (continuous_ext (fun t => (f t + g t + Rabs (f t - g t)) / 2)).
  { intros t; unfold Rmax.
    destruct (Rle_dec (f t) (g t)); [ rewrite Rabs_left1 | rewrite Rabs_right ]; lra. }
  apply (continuous_scal_l (fun t => f t + g t + Rabs (f t - g t)) (/ 2)).
  apply (continuous_plus (fun t => f t + g t)); [ apply (continuous_plus f g); assumption |].
  apply (continuous_Rabs_comp (fun t => f t - g t)), (continuous_minus f g); assumption.
Qed.

Ltac continuity := apply (@ex_derive_continuous R_AbsRing R_NormedModule); auto_derive;
  repeat split; trivial; positive.

(* Of each condition one branch is left; inner ones come first. *)
Ltac is_plain x := lazymatch x with if _ then _ else _ => fail | _ => idtac end.
Ltac settle condition x y := is_plain x; is_plain y; destruct condition; try (exfalso; lra).
Ltac decide_conditions :=
  autounfold with pieces; cbn [best fold_right choose];
  repeat match goal with
  | |- context [Rlt_dec ?x ?y] => settle (Rlt_dec x y) x y
  | |- context [Rle_dec ?x ?y] => settle (Rle_dec x y) x y
  | |- context [Req_dec_T ?x ?y] => settle (Req_dec_T x y) x y
  | |- context [Rcase_abs ?x] => settle (Rcase_abs x) x x
  end.

(* On which side of other numbers x lies, and in which step of a floor, holds near x, too. *)
Ltac look_around x :=
  assert (locally x (fun _ : R => True)) by (apply filter_forall; trivial);
  repeat match goal with
  | H : x < ?y |- _ => know (locally_below x y H)
  | H : ?y < x |- _ => know (locally_above x y H)
  | H : x > ?y |- _ => know (locally_above x y H)
  | H : ?y > x |- _ => know (locally_below x y H)
  | H : forall n, ?r <> IZR n |- _ => let f := eval pattern x in r in
      match f with ?f x => know (locally_in_step f x ltac:(continuity) H) end
  end;
  repeat match goal with A : locally x ?P, B : locally x ?Q |- _ =>
    pose proof (filter_and P Q A B); clear A B
  end.

Ltac by_pieces :=
  repeat match goal with
  | H : ?x <> ?y |- _ => destruct (Rdichotomy x y H); clear H; try (exfalso; lra)
  | H : _ \/ _ |- _ => destruct H
  end;
  match goal with |- is_derive _ ?x _ => look_around x end;
  (eapply near_by; [ eassumption | intros t around; cbv beta in around |];
  [ repeat match goal with H : _ /\ _ |- _ => destruct H end; autounfold with floors; first
      [ match goal with H : floor _ = floor _ |- _ => rewrite H; reflexivity end
      | decide_conditions; reflexivity ]
  | autounfold with floors; decide_conditions; by_rules ]).

(* Conditions on other numbers than x: each case has its formula. *)
Ltac by_cases :=
  decide_conditions; first
    [ by_rules
    | match goal with |- context [exp ?x] => assert (x = 0) by lra; subst x; by_rules end ].
